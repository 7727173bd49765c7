#include "services/fulfillment/key_rotation.h"

#include "services/fulfillment/key_rotation_sql.h"
#include "services/fulfillment/sealed_pdf.h"

namespace fsft::fulfillment {

rotation::Rows LettersUnderKeys() {
  return rotation::WrappedRows("letters", sql::kOldWraps, sql::kFindWrapped, sql::kRewrap,
                               RewrapPdfKey);
}

}  // namespace fsft::fulfillment
