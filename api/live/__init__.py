"""Live: what is pushed to clients as it happens. The only asynchronous code of the API."""
