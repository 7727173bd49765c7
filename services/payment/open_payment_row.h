#pragma once

#include "services/payment/payment.h"
#include "shared/db/row.h"

namespace fsft::payment {

// Reads the first sixteen columns of a row, in the order in which every statement lists them that
// answers open payments: payment_id, intake_id, draft_id, content_sha256, appeal_type,
// amount_cents, currency, product_name, success_url, cancel_url, state, created_at,
// session_expires_at, whether it is stale, stripe_session_id, checkout_url.
OpenPayment ReadOpenPayment(const db::Row& row);
inline constexpr size_t kOpenPaymentColumns = 16;

}  // namespace fsft::payment
