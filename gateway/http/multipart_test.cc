#include "gateway/http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::gateway::http {
namespace {

std::string PartText(const std::string& disposition, const std::string& content) {
  return "--b\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n";
}

const std::string kEnd = "--b--\r\n";

TEST(Multipart, ReadsAFormAsBrowsersSendIt) {
  const std::string image("\xFF\xD8\0--b\r\n--bx \r\n", 15);
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.jpg\"\r\n"
      "Content-Type: image/jpeg\r\n\r\n" +
      image.substr(0, 3) + "\r\n" + PartText("form-data; name=\"caption\"", "The sign; \"it\"") +
      PartText("form-data; name=empty", "") + kEnd;
  const auto parts = ReadMultipart(body, "b");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 3);
  EXPECT_EQ((*parts)[0].name, "file");
  EXPECT_EQ((*parts)[0].content, image.substr(0, 3));
  EXPECT_EQ((*parts)[1].name, "caption");
  EXPECT_EQ((*parts)[1].content, "The sign; \"it\"");
  EXPECT_EQ((*parts)[2].name, "empty");
  EXPECT_EQ((*parts)[2].content, "");
}

TEST(Multipart, ABoundaryWithinALineIsContent) {
  const auto parts =
      ReadMultipart(PartText("form-data; name=\"a\"", "x--b y\r\n-b\n--b") + kEnd, "b");
  ASSERT_TRUE(parts);
  EXPECT_EQ((*parts)[0].content, "x--b y\r\n-b\n--b");
}

TEST(Multipart, ReadsHeadersInAnyCaseAndOrder) {
  const auto parts = ReadMultipart(
      "--b\r\nX-Other: 1\r\ncontent-disposition: FORM-DATA; filename=x; NAME=\"a\"\r\n\r\nv\r\n"
      "--b--",
      "b");
  ASSERT_TRUE(parts);
  EXPECT_EQ((*parts)[0].name, "a");
}

TEST(Multipart, WhatIsNotExactlyAFormIsNone) {
  const std::string whole = PartText("form-data; name=\"a\"", "v") + kEnd;
  ASSERT_TRUE(ReadMultipart(whole, "b"));
  for (size_t size = 0; size + 2 < whole.size(); ++size) {
    EXPECT_FALSE(ReadMultipart(whole.substr(0, size), "b")) << size;
  }
  EXPECT_FALSE(ReadMultipart("preamble\r\n" + whole, "b"));
  EXPECT_FALSE(ReadMultipart(whole, "c"));
  EXPECT_FALSE(ReadMultipart(PartText("form-data", "v") + kEnd, "b")) << "no name";
  EXPECT_FALSE(ReadMultipart(PartText("attachment; name=\"a\"", "v") + kEnd, "b"));
  EXPECT_FALSE(ReadMultipart(PartText("form-data; name=\"a", "v") + kEnd, "b"));
  EXPECT_FALSE(ReadMultipart("--b\r\n\r\nv\r\n" + kEnd, "b")) << "no head";
  EXPECT_FALSE(ReadMultipart("--b\r\nno colon\r\n\r\nv\r\n" + kEnd, "b"));
  EXPECT_FALSE(ReadMultipart("--b\nContent-Disposition: form-data; name=a\n\nv\n--b--", "b"));
}

TEST(Multipart, ManyPartsAndLongHeadsAreRefused) {
  std::string body;
  for (size_t i = 0; i < kMaxParts; ++i) body += PartText("form-data; name=\"a\"", "v");
  EXPECT_TRUE(ReadMultipart(body + kEnd, "b"));
  EXPECT_FALSE(ReadMultipart(body + PartText("form-data; name=\"a\"", "v") + kEnd, "b"));
  EXPECT_FALSE(ReadMultipart(
      PartText("form-data; name=\"" + std::string(5000, 'n') + "\"", "v") + kEnd, "b"));
}

TEST(Multipart, FindsTheBoundary) {
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=----WebKitFormBoundary7MA4"),
            "----WebKitFormBoundary7MA4");
  EXPECT_EQ(MultipartBoundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\""), "a b");
  EXPECT_EQ(MultipartBoundary("multipart/form-data"), std::nullopt);
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary="), std::nullopt);
  EXPECT_EQ(MultipartBoundary("multipart/mixed; boundary=b"), std::nullopt);
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=\"b"), std::nullopt);
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=a\"b"), std::nullopt);
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=" + std::string(71, 'b')),
            std::nullopt);
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=a\x01"), std::nullopt);
}

}  // namespace
}  // namespace fsft::gateway::http
