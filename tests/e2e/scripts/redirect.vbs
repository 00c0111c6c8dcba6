' URL: redirects, followed and not.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Const OptionUrl = 1, OptionEnableRedirects = 6

Http.Open "GET", Arguments.Item(0), False
Say Http.Option(OptionUrl)
Http.Send
Say Http.Status & " " & Http.Option(OptionUrl)
Say Http.Option(OptionEnableRedirects)
Http.Option(OptionEnableRedirects) = False
Request "GET", Arguments.Item(0)
Say Http.Status & " " & Http.GetResponseHeader("Location")
