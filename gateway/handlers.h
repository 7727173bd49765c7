// Every handler of the route table, by file.
#pragma once

#include "gateway/handler.h"

namespace fsft::gateway {

// addresses.cc
absl::StatusOr<http::Response> CheckAddress(const Services& services, const Call& call);

// citations.cc
absl::StatusOr<http::Response> ListCities(const Services& services, const Call& call);
absl::StatusOr<http::Response> ValidateCitation(const Services& services, const Call& call);
absl::StatusOr<http::Response> GenerateDraft(const Services& services, const Call& call);

// preview.cc
absl::StatusOr<http::Response> PreviewDraft(const Services& services, const Call& call);

// checkout.cc
absl::StatusOr<http::Response> CreateSession(const Services& services, const Call& call);
absl::StatusOr<http::Response> RefuseOldFormat(const Services& services, const Call& call);

// intakes.cc
absl::StatusOr<http::Response> CreateIntake(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetIntake(const Services& services, const Call& call);
absl::StatusOr<http::Response> ChangeIntake(const Services& services, const Call& call);
absl::StatusOr<http::Response> SaveDraft(const Services& services, const Call& call);

// finding.cc
absl::StatusOr<http::Response> LookUpStatus(const Services& services, const Call& call);
absl::StatusOr<http::Response> SearchIntakes(const Services& services, const Call& call);

// orders.cc
absl::StatusOr<http::Response> GetSession(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetAppeal(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetLetterPdf(const Services& services, const Call& call);

// evidence.cc
absl::StatusOr<http::Response> AddEvidence(const Services& services, const Call& call);
absl::StatusOr<http::Response> RemoveEvidence(const Services& services, const Call& call);

// webhooks.cc
absl::StatusOr<http::Response> TakeStripeWebhook(const Services& services, const Call& call);
absl::StatusOr<http::Response> TakeLobWebhook(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetWebhookHealth(const Services& services, const Call& call);

// fulfillments.cc
absl::StatusOr<http::Response> RetryFulfillment(const Services& services, const Call& call);
absl::StatusOr<http::Response> RetryLetter(const Services& services, const Call& call);
absl::StatusOr<http::Response> CancelLetter(const Services& services, const Call& call);

// letters_csv.cc
absl::StatusOr<http::Response> ExportLetters(const Services& services, const Call& call);

// mailing.cc
absl::StatusOr<http::Response> SendAnew(const Services& services, const Call& call);
absl::StatusOr<http::Response> PauseMailing(const Services& services, const Call& call);
absl::StatusOr<http::Response> ResumeMailing(const Services& services, const Call& call);

// money.cc
absl::StatusOr<http::Response> RefundPayment(const Services& services, const Call& call);
absl::StatusOr<http::Response> ResolvePayment(const Services& services, const Call& call);

// reconciling.cc
absl::StatusOr<http::Response> Reconcile(const Services& services, const Call& call);

// reports.cc
absl::StatusOr<http::Response> ListPayments(const Services& services, const Call& call);
absl::StatusOr<http::Response> ListLetters(const Services& services, const Call& call);
absl::StatusOr<http::Response> ListActivity(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetAuditTrail(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetStats(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetFunnel(const Services& services, const Call& call);

// people.cc
absl::StatusOr<http::Response> EraseIntake(const Services& services, const Call& call);
absl::StatusOr<http::Response> RevokeToken(const Services& services, const Call& call);

// support.cc
absl::StatusOr<http::Response> OpenSupportRequest(const Services& services, const Call& call);
absl::StatusOr<http::Response> ListSupportRequests(const Services& services, const Call& call);

// health.cc
absl::StatusOr<http::Response> GetHealth(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetReadiness(const Services& services, const Call& call);
absl::StatusOr<http::Response> GetStatus(const Services& services, const Call& call);

// pages.cc: the file that belongs to the route's path.
absl::StatusOr<http::Response> ServePage(const Services& services, const Call& call);

}  // namespace fsft::gateway
