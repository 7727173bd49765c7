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

// Monitors ask as often as they like, and what they get costs nothing.
constexpr WorkRule kHealth{Gate::kNone, seconds(1)};
constexpr WorkRule kLight{Gate::kNone, seconds(1), 600};
constexpr WorkRule kLookup{Gate::kLookup, seconds(5), 240};
// Leaves something behind.
constexpr WorkRule kBegin{Gate::kLookup, seconds(5), 60};
// A page that waits for its order asks every few seconds; who tries out ids asks more often.
constexpr WorkRule kWatch{Gate::kLookup, seconds(5), 120};
// Tells somebody's affairs to whoever guesses two things about them, or brings work to people.
constexpr WorkRule kPrivate{Gate::kLookup, seconds(5), 10};
constexpr WorkRule kDownload{Gate::kLookup, seconds(5), 30};
constexpr WorkRule kOperate{Gate::kLookup, seconds(5), 300};
// Stripe answers within seconds or not at all; the customer looks at a disabled button meanwhile. A
// change of an appeal may have to end its checkout.
constexpr WorkRule kCheckout{Gate::kCheckout, seconds(30), 30};
constexpr WorkRule kChange{Gate::kCheckout, seconds(30), 120};
// An operator who lets us ask Stripe about a few hundred payments.
constexpr WorkRule kPatient{Gate::kCheckout, seconds(30), 10};
// Page after page of a list.
constexpr WorkRule kExport{Gate::kLookup, seconds(20), 10};
// Stripe waits about ten seconds and then delivers again. It has few addresses and, after an outage
// of ours, much to tell.
constexpr WorkRule kWebhook{Gate::kWebhook, seconds(9), 6000};
// Letters must not keep money waiting, so the printer's have a gate of their own.
constexpr WorkRule kPrinterWebhook{Gate::kPrinterWebhook, seconds(9), 6000};
constexpr WorkRule kUpload{Gate::kUpload, seconds(15), 30};
// Letters to be mailed are typeset first.
constexpr WorkRule kPreview{Gate::kPreview, seconds(15), 30};

constexpr std::string_view kPdf = "application/pdf";
constexpr std::string_view kCsv = "text/csv";
constexpr std::string_view kPage = "text/html";
// Who sends a signed event, and what looks after us, gets the truth in any case; and a file's type
// is its name's.
constexpr std::string_view kAnyway;

// clang-format off
constexpr Route kRoutes[] = {
    {"GET",   "/api/cities",                                     kOpen,        kNoBody,  kLookup,         ListCities},
    {"POST",  "/api/citations/validate",                         kOpen,        kWish,    kLookup,         ValidateCitation},
    // As old clients call it.
    {"POST",  "/api/tickets/validate",                           kOpen,        kWish,    kLookup,         ValidateCitation},
    {"POST",  "/api/addresses/check",                            kOpen,        kWish,    kBegin,          CheckAddress},
    {"POST",  "/api/drafts/generate",                            kOpen,        kWish,    kBegin,          GenerateDraft},
    {"POST",  "/api/drafts/preview",                             kMaybeOwner,  kOrder,   kPreview,        PreviewDraft, kPdf},
    {"POST",  "/api/intakes",                                    kOpen,        kWish,    kBegin,          CreateIntake},
    {"GET",   "/api/intakes/{id}",                               kOwner,       kNoBody,  kLookup,         GetIntake},
    {"PATCH", "/api/intakes/{id}",                               kOwner,       kWish,    kChange,         ChangeIntake},
    {"POST",  "/api/intakes/{id}/drafts",                        kOwner,       kOrder,   kChange,         SaveDraft},
    {"POST",  "/api/intakes/{id}/evidence",                      kOwner,       kPhoto,   kUpload,         AddEvidence},
    {"DELETE","/api/intakes/{id}/evidence/{exhibit_id}",         kOwner,       kNoBody,  kChange,         RemoveEvidence},
    {"POST",  "/api/checkout/create-session",                    kMaybeOwner,  kOrder,   kCheckout,       CreateSession},
    {"GET",   "/api/checkout/session/{session_id}",              kOpen,        kNoBody,  kWatch,          GetSession},
    {"POST",  "/api/checkout/old-format",                        kOpen,        kAnyBody, kLight,          RefuseOldFormat},
    {"GET",   "/api/appeals/{payment_id}",                       kMaybeOwner,  kNoBody,  kWatch,          GetAppeal},
    {"GET",   "/api/appeals/{payment_id}/letter.pdf",            kOwner,       kNoBody,  kDownload,       GetLetterPdf, kPdf},
    {"POST",  "/api/status/lookup",                              kOpen,        kWish,    kPrivate,        LookUpStatus},
    {"POST",  "/api/support",                                    kOpen,        kWish,    kPrivate,        OpenSupportRequest},
    {"POST",  "/api/webhook/stripe",                             kOpen,        kEvent,   kWebhook,        TakeStripeWebhook, kAnyway},
    {"POST",  "/api/webhook/lob",                                kOpen,        kEvent,   kPrinterWebhook, TakeLobWebhook, kAnyway},
    {"GET",   "/api/webhook/health",                             kOpen,        kNoBody,  kLight,          GetWebhookHealth, kAnyway},
    {"POST",  "/api/webhook/retry-fulfillment/{session_id}",     kRetrier,     kAnyBody, kOperate,        RetryFulfillment},
    {"GET",   "/api/admin/support",                              kReader,      kNoBody,  kOperate,        ListSupportRequests},
    {"GET",   "/api/admin/search",                               kReader,      kNoBody,  kOperate,        SearchIntakes},
    {"GET",   "/api/admin/stats",                                kReader,      kNoBody,  kOperate,        GetStats},
    {"GET",   "/api/admin/activity",                             kReader,      kNoBody,  kOperate,        ListActivity},
    {"GET",   "/api/admin/payments",                             kReader,      kNoBody,  kOperate,        ListPayments},
    {"GET",   "/api/admin/fulfillments",                         kReader,      kNoBody,  kOperate,        ListLetters},
    {"GET",   "/api/admin/fulfillments.csv",                     kReader,      kNoBody,  kExport,         ExportLetters, kCsv},
    {"GET",   "/api/admin/audit/{payment_id}",                   kReader,      kNoBody,  kOperate,        GetAuditTrail},
    {"GET",   "/api/admin/reports/funnel",                       kReader,      kNoBody,  kOperate,        GetFunnel},
    {"POST",  "/api/admin/payments/{id}/refund",                 kRefunder,    kWish,    kOperate,        RefundPayment},
    {"POST",  "/api/admin/payments/{id}/resolve",                kRefunder,    kWish,    kOperate,        ResolvePayment},
    {"POST",  "/api/admin/fulfillments/{id}/retry",              kRetrier,     kAnyBody, kOperate,        RetryLetter},
    {"POST",  "/api/admin/fulfillments/{id}/cancel",             kRetrier,     kAnyBody, kOperate,        CancelLetter},
    {"POST",  "/api/admin/fulfillments/{id}/new-generation",     kResender,    kWish,    kOperate,        SendAnew},
    {"POST",  "/api/admin/intakes/{id}/erase",                   kEraser,      kAnyBody, kOperate,        EraseIntake},
    {"POST",  "/api/admin/intakes/{id}/revoke-token",            kEraser,      kAnyBody, kOperate,        RevokeToken},
    {"POST",  "/api/admin/mailing/pause",                        kRetrier,     kAnyBody, kOperate,        PauseMailing},
    {"POST",  "/api/admin/mailing/resume",                       kRetrier,     kAnyBody, kOperate,        ResumeMailing},
    {"POST",  "/api/admin/reconcile",                            kRetrier,     kAnyBody, kPatient,        Reconcile},
    {"GET",   "/health",                                         kOpen,        kNoBody,  kHealth,         GetHealth, kAnyway},
    {"GET",   "/health/ready",                                   kOpen,        kNoBody,  kHealth,         GetReadiness, kAnyway},
    {"GET",   "/status",                                         kMaybeReader, kNoBody,  kLight,          GetStatus, kAnyway},
    {"GET",   "/",                                               kOpen,        kNoBody,  kLight,          ServePage, kPage},
    {"GET",   "/success",                                        kOpen,        kNoBody,  kLight,          ServePage, kPage},
    {"GET",   "/cancelled",                                      kOpen,        kNoBody,  kLight,          ServePage, kPage},
    {"GET",   "/docs",                                           kOpen,        kNoBody,  kLight,          ServePage, kPage},
    {"GET",   "/openapi.json",                                   kOpen,        kNoBody,  kLight,          ServePage},
    {"GET",   "/assets/{file}",                                  kOpen,        kNoBody,  kLight,          ServePage, kAnyway},
};
// clang-format on

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

}  // namespace fsft::gateway
