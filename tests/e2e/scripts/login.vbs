' URL USER PASSWORD [PROXY [USER PASSWORD]]: two GETs with these logins; "": none.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Const ProxyNamed = 2, ForServer = 0, ForProxy = 1

Sub Fetch
    Http.Open "GET", Arguments.Item(0), False
    If Arguments.Item(1) <> "" Then
        Http.SetCredentials Arguments.Item(1), Arguments.Item(2), ForServer
    End If
    If Arguments.Count > 4 Then
        Http.SetCredentials Arguments.Item(4), Arguments.Item(5), ForProxy
    End If
    Http.Send
    If Http.Status = 200 Then
        SayAnswer
    Else
        Say Http.Status
    End If
End Sub

If Arguments.Count > 3 Then Http.SetProxy ProxyNamed, Arguments.Item(3)
Fetch
Fetch
