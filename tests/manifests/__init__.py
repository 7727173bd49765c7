"""Checks of k8s/: everything that can be known of the manifests without a cluster."""
