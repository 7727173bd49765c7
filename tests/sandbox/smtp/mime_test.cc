#include "tests/sandbox/smtp/mime.h"

#include <gtest/gtest.h>

namespace fsft::sandbox::smtp {
namespace {

constexpr char kMail[] =
    "From: =?UTF-8?B?S8OkbXBmZXI=?= <letters@example.com>\r\n"
    "To: jordan@example.org\r\n"
    "Subject: =?UTF-8?B?WcO8cg==?=\r\n =?utf-8?q?_let=C3=9Fter?= is on its way\r\n"
    "Message-ID: <1.paid@example.com>\r\n"
    "Content-Type: multipart/alternative;\r\n boundary=\"=_x\"\r\n"
    "\r\n"
    "A preamble that nobody shows.\r\n"
    "--=_x\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "1 =3D one=\r\n line, =C3=BC\r\nand another\r\n"
    "--=_x\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "PHA+\r\nYTwvcD4=\r\n"
    "--=_x--\r\n";

TEST(ReadMail, ShowsWhatAPersonSees) {
  const Json mail = ReadMail(kMail);
  EXPECT_EQ(mail["header_from"], "Kämpfer <letters@example.com>");
  EXPECT_EQ(mail["header_to"], "jordan@example.org");
  EXPECT_EQ(mail["subject"], "Yür letßter is on its way");
  EXPECT_EQ(mail["message_id"], "<1.paid@example.com>");
  EXPECT_EQ(mail["text"], "1 = one line, ü\nand another");
  EXPECT_EQ(mail["html"], "<p>a</p>");
}

TEST(ReadMail, ReadsAPlainMail) {
  const Json mail = ReadMail("Subject: Hello =? you\r\n\r\nLine\r\n");
  EXPECT_EQ(mail["subject"], "Hello =? you");
  EXPECT_EQ(mail["text"], "Line\n");
  EXPECT_EQ(mail["html"], "");
}

TEST(ReadMail, ReadsWhatIsNoMail) {
  for (const char* raw :
       {"", "\r\n", "no colon", "Subject", "Content-Type: multipart/mixed\r\n\r\n--",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=", "Subject: =?x?b?"}) {
    EXPECT_TRUE(ReadMail(raw).is_object()) << raw;
  }
}

}  // namespace
}  // namespace fsft::sandbox::smtp
