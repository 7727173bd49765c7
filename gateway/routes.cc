#include "gateway/routes.h"

#include "gateway/handlers.h"

namespace fsft::gateway {
namespace {

using std::chrono::seconds;

constexpr Access kOpen{Auth::kOpen};
constexpr Access kMaybeOwner{Auth::kCustomerOptional};
constexpr Access kOwner{Auth::kCustomer};
constexpr Access kMaybeReader{Auth::kOperatorOptional, Scope::kRead};
constexpr Access kReader{Auth::kOperator, Scope::kRead};
constexpr Access kRetrier{Auth::kOperator, Scope::kRetry};
constexpr Access kRefunder{Auth::kOperator, Scope::kRefund};
constexpr Access kEraser{Auth::kOperator, Scope::kErase};
constexpr Access kResender{Auth::kOperator, Scope::kResend};

constexpr BodyRule kNoBody{Body::kNone, 0};
constexpr BodyRule kAnyBody{Body::kIgnored, 64 << 10};
constexpr BodyRule kWish{Body::kJson, 64 << 10};
constexpr BodyRule kOrder{Body::kJson, 512 << 10};
constexpr BodyRule kEvent{Body::kRaw, 1 << 20};
constexpr BodyRule kPhoto{Body::kImage, 10 << 20};

constexpr WorkRule kLight{Gate::kNone, seconds(1)};
constexpr WorkRule kLookup{Gate::kLookup, seconds(5)};
// Stripe answers within seconds or not at all; the customer looks at a disabled button meanwhile. A
// change of an appeal may have to end its checkout.
constexpr WorkRule kCheckout{Gate::kCheckout, seconds(30)};
// An operator who lets us ask Stripe about a few hundred payments.
constexpr WorkRule kPatient{Gate::kCheckout, seconds(30)};
// Stripe waits about ten seconds and then delivers again.
constexpr WorkRule kWebhook{Gate::kWebhook, seconds(9)};
// Letters must not keep money waiting, so the printer's have a gate of their own.
constexpr WorkRule kPrinterWebhook{Gate::kPrinterWebhook, seconds(9)};
constexpr WorkRule kUpload{Gate::kUpload, seconds(15)};
// Letters to be mailed are typeset first.
constexpr WorkRule kPreview{Gate::kPreview, seconds(15)};

// clang-format off
constexpr Route kRoutes[] = {
    {"GET",   "/api/cities",                                 kOpen,        kNoBody,  kLookup,   ListCities},
    {"POST",  "/api/citations/validate",                     kOpen,        kWish,    kLookup,   ValidateCitation},
    // As old clients call it.
    {"POST",  "/api/tickets/validate",                       kOpen,        kWish,    kLookup,   ValidateCitation},
    {"POST",  "/api/addresses/check",                        kOpen,        kWish,    kLookup,   CheckAddress},
    {"POST",  "/api/drafts/generate",                        kOpen,        kWish,    kLookup,   GenerateDraft},
    {"POST",  "/api/drafts/preview",                         kMaybeOwner,  kOrder,   kPreview,  PreviewDraft},
    {"POST",  "/api/intakes",                               kOpen,        kWish,    kLookup,   CreateIntake},
    {"GET",   "/api/intakes/{id}",                          kOwner,       kNoBody,  kLookup,   GetIntake},
    {"PATCH", "/api/intakes/{id}",                          kOwner,       kWish,    kCheckout, ChangeIntake},
    {"POST",  "/api/intakes/{id}/drafts",                   kOwner,       kOrder,   kCheckout, SaveDraft},
    {"POST",  "/api/intakes/{id}/evidence",                 kOwner,       kPhoto,   kUpload,   AddEvidence},
    {"DELETE","/api/intakes/{id}/evidence/{exhibit_id}",    kOwner,       kNoBody,  kCheckout, RemoveEvidence},
    {"POST",  "/api/checkout/create-session",                kMaybeOwner,  kOrder,   kCheckout, CreateSession},
    {"GET",   "/api/checkout/session/{session_id}",          kOpen,        kNoBody,  kLookup,   GetSession},
    {"POST",  "/api/checkout/old-format",                    kOpen,        kAnyBody, kLight,    RefuseOldFormat},
    {"GET",   "/api/appeals/{payment_id}",                   kMaybeOwner,  kNoBody,  kLookup,   GetAppeal},
    {"GET",   "/api/appeals/{payment_id}/letter.pdf",        kOwner,       kNoBody,  kLookup,   GetLetterPdf},
    {"POST",  "/api/status/lookup",                          kOpen,        kWish,    kLookup,   LookUpStatus},
    {"POST",  "/api/support",                                kOpen,        kWish,    kLookup,   OpenSupportRequest},
    {"POST",  "/api/webhook/stripe",                         kOpen,        kEvent,   kWebhook,  TakeStripeWebhook},
    {"POST",  "/api/webhook/lob",                            kOpen,        kEvent,   kPrinterWebhook, TakeLobWebhook},
    {"GET",   "/api/webhook/health",                         kOpen,        kNoBody,  kLight,    GetWebhookHealth},
    {"POST",  "/api/webhook/retry-fulfillment/{session_id}", kRetrier,     kAnyBody, kLookup,   RetryFulfillment},
    {"GET",   "/api/admin/support",                          kReader,      kNoBody,  kLookup,   ListSupportRequests},
    {"GET",   "/api/admin/search",                           kReader,      kNoBody,  kLookup,   SearchIntakes},
    {"GET",   "/api/admin/stats",                            kReader,      kNoBody,  kLookup,   GetStats},
    {"GET",   "/api/admin/payments",                         kReader,      kNoBody,  kLookup,   ListPayments},
    {"GET",   "/api/admin/fulfillments",                     kReader,      kNoBody,  kLookup,   ListLetters},
    {"GET",   "/api/admin/audit/{payment_id}",               kReader,      kNoBody,  kLookup,   GetAuditTrail},
    {"GET",   "/api/admin/reports/funnel",                   kReader,      kNoBody,  kLookup,   GetFunnel},
    {"POST",  "/api/admin/payments/{id}/refund",             kRefunder,    kWish,    kLookup,   RefundPayment},
    {"POST",  "/api/admin/payments/{id}/resolve",            kRefunder,    kWish,    kLookup,   ResolvePayment},
    {"POST",  "/api/admin/fulfillments/{id}/new-generation", kResender,    kWish,    kLookup,   SendAnew},
    {"POST",  "/api/admin/intakes/{id}/erase",               kEraser,      kAnyBody, kLookup,   EraseIntake},
    {"POST",  "/api/admin/intakes/{id}/revoke-token",        kEraser,      kAnyBody, kLookup,   RevokeToken},
    {"POST",  "/api/admin/mailing/pause",                    kRetrier,     kAnyBody, kLookup,   PauseMailing},
    {"POST",  "/api/admin/mailing/resume",                   kRetrier,     kAnyBody, kLookup,   ResumeMailing},
    {"POST",  "/api/admin/reconcile",                        kRetrier,     kAnyBody, kPatient,  Reconcile},
    {"GET",   "/health",                                     kOpen,        kNoBody,  kLight,    GetHealth},
    {"GET",   "/health/ready",                               kOpen,        kNoBody,  kLight,    GetReadiness},
    {"GET",   "/status",                                     kMaybeReader, kNoBody,  kLight,    GetStatus},
    {"GET",   "/",                                           kOpen,        kNoBody,  kLight,    ServePage},
    {"GET",   "/success",                                    kOpen,        kNoBody,  kLight,    ServePage},
    {"GET",   "/cancelled",                                  kOpen,        kNoBody,  kLight,    ServePage},
    {"GET",   "/assets/{file}",                              kOpen,        kNoBody,  kLight,    ServePage},
};
// clang-format on

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

}  // namespace fsft::gateway
