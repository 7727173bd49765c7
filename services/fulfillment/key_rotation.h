#pragma once

#include "shared/rotation/renewal.h"

namespace fsft::fulfillment {

// The letters, whose data keys are wrapped.
rotation::Rows LettersUnderKeys();

}  // namespace fsft::fulfillment
