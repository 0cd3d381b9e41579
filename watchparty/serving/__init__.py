"""How a host serves: the uvicorn process, and the supervisor of several of them."""
