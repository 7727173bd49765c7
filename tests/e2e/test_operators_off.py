"""A suite without a file of operators' tokens: operator routes are closed, not open."""

SUITE = {"settings": {"FSFT_ADMIN_TOKENS_FILE": None}}


def test_operator_routes_answer_503_whatever_token_is_sent(suite, customer):
    for token in (None, "wrong", suite.keys.admin_token):
        answer = customer.post("/api/webhook/retry-fulfillment/cs_test_x", token=token)
        assert answer.status_code == 503, answer.text
