/* variant - arguments as scripts give them: by reference, of another type, or not at all.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "com/variant.h"

HRESULT variant_convert( const VARIANT *from, VARTYPE type, VARIANT *to )
{
    HRESULT hr;

    VariantInit( to );
    if (FAILED(hr = VariantCopyInd( to, (VARIANT *)from ))) return hr;
    switch (V_VT( to ))
    {
    case VT_ERROR:
    case VT_EMPTY:
    case VT_NULL:
        VariantClear( to );
        return S_FALSE;
    }
    if (FAILED(hr = VariantChangeType( to, to, 0, type ))) VariantClear( to );
    return hr;
}
