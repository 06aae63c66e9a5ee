"""What the site generates: method pages, pictures of the laws, evidence, reference."""
