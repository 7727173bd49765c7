#include <gtest/gtest.h>

#include <string>

#include "shared/http/client.h"

namespace fsft::http {
namespace {

TEST(FormEncode, WritesStripesBracketsAndKeepsTheOrder) {
  EXPECT_EQ(FormEncode({{"mode", "payment"},
                        {"line_items[0][price_data][unit_amount]", "1989"},
                        {"success_url", "http://a/s?session_id={CHECKOUT_SESSION_ID}"}}),
            "mode=payment&line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1989"
            "&success_url=http%3A%2F%2Fa%2Fs%3Fsession_id%3D%7BCHECKOUT_SESSION_ID%7D");
  EXPECT_EQ(FormEncode({}), "");
  EXPECT_EQ(FormEncode({{"a", ""}, {"a", "&=+ %"}}), "a=&a=%26%3D%2B%20%25");
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(PercentEncode("é/\xff"), "%C3%A9%2F%FF");
  EXPECT_EQ(PercentEncode(std::string("\0", 1)), "%00");
}

// The example of RFC 7617.
TEST(BasicAuthorization, AgreesWithTheRfc) {
  EXPECT_EQ(BasicAuthorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(BasicAuthorization("test_key", ""), "Basic dGVzdF9rZXk6");
}

}  // namespace
}  // namespace fsft::http
