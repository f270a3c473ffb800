"""What a trained run says of an image."""
