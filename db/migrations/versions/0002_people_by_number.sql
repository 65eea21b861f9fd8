CREATE INDEX contact_point_value_idx ON contact_point (value);
