/* The client of Cloudflare's API: against a service over HTTP and TLS, and against one that shows
 * what arrives. */

#include "service.h"

int main(int count, char **arguments) {
    static const Test tests[] = {
        {"tokens_of_the_api", tokens_of_the_api},
        {"tokens_have_the_warnings_of_what_was_sent", tokens_have_the_warnings_of_what_was_sent},
        {"options_as_json", options_as_json},
        {"a_key_that_goes_along", a_key_that_goes_along},
        {"a_client_without_network", a_client_without_network},
        {"keys_of_the_account", keys_of_the_account},
        {"credentials_and_environment", credentials_and_environment},
        {"every_option_is_signed_by_the_service", every_option_is_signed_by_the_service},
        {"typed_options_are_signed_by_the_service", typed_options_are_signed_by_the_service},
        {"keys_are_the_services_until_they_are_deleted",
         keys_are_the_services_until_they_are_deleted},
        {"credentials_and_accounts_reach_the_service", credentials_and_accounts_reach_the_service},
        {"nothing_is_asked_of_whom_no_authority_vouches_for",
         nothing_is_asked_of_whom_no_authority_vouches_for},
        {"a_request_as_it_arrives", a_request_as_it_arrives},
        {"both_ways_to_authenticate", both_ways_to_authenticate},
        {"what_an_error_knows", what_an_error_knows},
        {"what_is_not_known_of_a_key_is_kept", what_is_not_known_of_a_key_is_kept},
        {"every_limit_of_a_client_and_of_a_call", every_limit_of_a_client_and_of_a_call},
        {"base_urls_that_are_refused", base_urls_that_are_refused},
        {"no_option_breaks_a_header", no_option_breaks_a_header},
        {"lengths_and_encodings", lengths_and_encodings},
        {"calls_of_the_wrong_kind", calls_of_the_wrong_kind},
        {"attempts_are_told_without_secrets", attempts_are_told_without_secrets},
        {"many_calls_on_one_client", many_calls_on_one_client},
        {"closing_ends_a_call_that_waits", closing_ends_a_call_that_waits},
    };
    read_example_key(count, arguments);
    meet_services();
    return RUN(tests);
}
