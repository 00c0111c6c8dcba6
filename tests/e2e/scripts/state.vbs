' URL: calls before their time; each error has a text.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

On Error Resume Next
Http.Send
SayError
Say Http.Status
SayError
Http.SetRequestHeader "X-Colour", "green"
SayError
Http.Open "GET", "no-scheme/path", False
SayError
Http.Open "GET", Arguments.Item(0), False
Say Http.ResponseText
SayError
Http.Send
Http.SetRequestHeader "X-Colour", "green"
SayError
SayAnswer
