// The part of Account that belongs to other products: a webhook endpoint hears of them all.
#include "tests/sandbox/random_id.h"
#include "tests/sandbox/stripe/account.h"
#include "tests/sandbox/stripe/objects.h"

namespace fsft::sandbox::stripe {

Json Account::EmitForeign(const ForeignEvent& foreign) {
  const int64_t now = Now();
  SessionSpec spec;
  spec.currency = "usd";
  spec.items = {{"Something else", "", 500, 1}};
  spec.amount_total = 500;
  spec.success_url = "http://another-product.test/thanks";
  spec.expires_at = now + int64_t{24} * 3600;
  spec.metadata = {{"basket", "17"}};
  Json session = NewSession(spec, public_url_, now);
  session.update({{"status", "complete"},
                  {"payment_status", "paid"},
                  {"payment_intent", RandomId("pi_3", 23)},
                  {"customer_details", MadeUpPayer("")},
                  {"url", nullptr},
                  {"livemode", foreign.livemode}});
  if (foreign.livemode) session["id"] = RandomId("cs_live_a1", 56);
  session.update(foreign.object);

  Json event = NewEvent(foreign.type, session, now);
  event["livemode"] = foreign.livemode;
  const std::lock_guard lock(mutex_);
  const std::string id = session["id"];
  if (!foreign.livemode && sessions_.Find(id) == nullptr) {
    specs_[id] = std::move(spec);
    sessions_.Insert(std::move(session));
  }
  return SendLocked(std::move(event), foreign.deliver);
}

}  // namespace fsft::sandbox::stripe
