"""The peers themselves: each file runs in the environment of `bench/peers/uv.lock`, in a process of its own."""
