/* The linker asks for it; who has no thread-local variables does not use it. */
unsigned long _tls_index;
