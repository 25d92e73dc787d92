// The wrapper needs no other header before it.
#include <streamtoken.hpp>
// Nor does it mind being read again.
#include <streamtoken.hpp>
