' URL UPLOAD-URL: a large body comes, and goes to a server that knows how it should be.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Dim Body

Request "GET", Arguments.Item(0)
Body = Http.ResponseBody
Say Http.Status & " " & VarType(Body)

Http.Open "POST", Arguments.Item(1), False
Http.Send Body
SayAnswer

Request "GET", Arguments.Item(0)
Body = Empty
Set Body = Http.ResponseStream
Http.Open "PUT", Arguments.Item(1), False
Http.Send Body
SayAnswer
