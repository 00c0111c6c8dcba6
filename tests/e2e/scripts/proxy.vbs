' URL PROXY DEAD-PROXY BYPASS: GETs through proxies, past them, and as the environment says.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Const ProxyDefault = 0, ProxyDirect = 1, ProxyNamed = 2

Sub Fetch
    On Error Resume Next
    Request "GET", Arguments.Item(0)
    SayError
    SayAnswer
    Err.Clear
End Sub

Fetch
Http.SetProxy ProxyDirect
Fetch
Http.SetProxy ProxyNamed, Arguments.Item(1), ""
Fetch
Http.SetProxy ProxyNamed, Arguments.Item(2)
Fetch
Http.SetProxy ProxyNamed, Arguments.Item(2), Arguments.Item(3)
Fetch
Http.SetProxy ProxyDefault
Fetch
