"""Which AWS services the workloads of a network call from the subnets that they stand in, and how one knows."""
