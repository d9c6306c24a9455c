"""The medium of each link, and the policies that choose it."""
