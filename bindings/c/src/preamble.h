/*
 * streamtoken: signed URL tokens for Cloudflare Stream, in your own process.
 *
 * Mint tokens with a signing key, verify them where Cloudflare's edge is not in front, read them, learn
 * why one is refused, turn them into playback URLs, and ask Cloudflare's API for tokens and keys. The same Rust core serves C, C++, Python, Node.js and the command line:
 * the same input gives the same bytes and the same refusals everywhere.
 *
 *     streamtoken_signing_key *key = NULL;
 *     streamtoken_signer *signer = NULL;
 *     streamtoken_token *token = NULL;
 *     streamtoken_error *error = NULL;
 *
 *     if (streamtoken_signing_key_from_env(&key, &error) != STREAMTOKEN_OK ||
 *         streamtoken_signer_new(key, &signer, &error) != STREAMTOKEN_OK ||
 *         streamtoken_signer_sign(signer, uid, strlen(uid), NULL, &token, &error) != STREAMTOKEN_OK) {
 *         fprintf(stderr, "%s\n", streamtoken_error_message(error, NULL));
 *     } else {
 *         puts(streamtoken_token_text(token, NULL));
 *     }
 *     streamtoken_error_free(error);
 *     streamtoken_token_free(token);
 *     streamtoken_signer_free(signer);
 *     streamtoken_signing_key_free(key);
 *
 * This file is generated from bindings/c/src: change that, then run `cargo xtask header`.
 *
 * LINKING
 *
 * With pkg-config, wherever the library is installed:
 *
 *     cc program.c $(pkg-config --cflags --libs streamtoken)
 *     cc -static program.c $(pkg-config --static --cflags --libs streamtoken)
 *
 * By hand on Linux, shared and static:
 *
 *     cc -I PREFIX/include program.c -L PREFIX/lib -lstreamtoken
 *     cc -I PREFIX/include program.c PREFIX/lib/libstreamtoken.a -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
 *
 * C11 or later; C++ takes the header as it is. Nothing has to be initialised, and nothing is left to be
 * shut down. Once loaded the shared library stays in memory: `dlclose` does not unload it. A plugin that has
 * the static library in it must stay as well: link it with `-Wl,-z,nodelete`.
 *
 * OWNERSHIP
 *
 * Everything that a call makes is yours and has one function that frees it: a handle `X *` its
 * `X_free`, a `char *` the function `streamtoken_string_free` (never the `free` of the C library). A
 * `const` pointer that a function returns, to a text or an error, is never freed: it belongs to the handle
 * that it was asked from and goes with it, or to the library where the function says so. What you pass in is only read and is yours as before; no
 * handle keeps a pointer to it.
 *
 * Out-parameters are set to NULL, 0 or false on entry and written on success only, so that freeing after
 * a failure is always right. What they held before is not freed: free a handle, or an error, before its
 * variable is used for the next one.
 *
 * Strings enter as a pointer and a length in bytes; they need no NUL at the end, and may hold one in
 * between, which the library then refuses like any other character that has no place there. They leave
 * with a NUL at the end and their length beside it, which you may leave out with NULL; none of them holds
 * a NUL in between. Text is UTF-8. Lengths above STREAMTOKEN_MAX_LENGTH are refused before anything is
 * read, so a length of -1 is harmless. streamtoken_explain alone reads the beginning of a longer text, up to
 * PTRDIFF_MAX: there a length of -1 is harmless as a size_t, and not as an unsigned number of 32 bits where
 * size_t has 64.
 *
 * NULL
 *
 * Every pointer is looked at before it is used: NULL where it has no meaning is answered with
 * STREAMTOKEN_POINTER_NULL, or with NULL, 0 or false by the functions that have no status. A string of
 * length 0 may be NULL. `X_free(NULL)` does nothing. What may be NULL stands with each function.
 *
 * THREADS
 *
 * There is no global state and no last error: calls on different handles never meet. Keys, key sets,
 * signers, tokens, claims, reports, rules, findings, customer codes, URLs, clients and errors never change
 * once they are made, and any number of threads may use one at the same time. The builders (`..._options`, `..._context`) may be
 * used by any number of threads as long as none changes them. A handle may be freed by any thread, once,
 * when no other uses it. `fork` waits for the signatures and the ends of other threads, some milliseconds at
 * most, and for the lookups of a host's name that their calls make, a quarter of a second at most; the child
 * may use every handle but a client, whose connections are those of the parent. Do not fork out of a signal
 * handler. Let calls of other threads come back before the process exits: AWS-LC may abort a thread that
 * begins to sign while `exit` runs.
 *
 * ERRORS
 *
 * Functions that can fail return STREAMTOKEN_OK (0) or the number of an error code, and take a last
 * parameter `streamtoken_error **`, which may be NULL. When it is given, a failure writes an error there:
 * the code, the member that is refused as a JSON pointer, and a sentence for people. Free it with
 * `streamtoken_error_free`. Codes never change their meaning; later versions may add some. Compare codes,
 * never sentences.
 *
 * A fault inside the library never crosses into C: it is answered with STREAMTOKEN_INTERNAL, and the
 * process lives on; running out of memory alone ends it. No error holds key material or a whole token.
 *
 * VERSIONS
 *
 * STREAMTOKEN_VERSION is the version of this header, `streamtoken_version()` that of the library which is
 * loaded. Handles are opaque and options have names, so a later version may add functions, options and
 * codes without breaking a program that was compiled before. Until 1.0 a change of the second number may
 * break it, and the SONAME changes with it.
 *
 * EVERY FUNCTION
 *
 * ends its description with four lines: who owns what afterwards (Ownership), which pointers may be NULL
 * (NULL), what it refuses (Errors), and from which threads it may be called (Threads). What every function
 * may answer stands here once: STREAMTOKEN_POINTER_NULL, STREAMTOKEN_LENGTH_TOO_LARGE, and
 * STREAMTOKEN_TEXT_NOT_UTF8 for a text that is no UTF-8.
 */
