{{/* The public internet: everything but special-purpose addresses (IANA registries) and what the operator denies. */}}
{{- define "tocsin.world" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except:
      {{- $special := list "0.0.0.0/8" "10.0.0.0/8" "100.64.0.0/10" "127.0.0.0/8" "169.254.0.0/16" "172.16.0.0/12" "192.0.0.0/24" "192.0.2.0/24" "192.88.99.0/24" "192.168.0.0/16" "198.18.0.0/15" "198.51.100.0/24" "203.0.113.0/24" "224.0.0.0/4" "240.0.0.0/4" }}
      {{- concat $special .Values.networkPolicy.deniedCIDRs | uniq | toYaml | nindent 6 }}
- ipBlock:
    cidr: 2000::/3
    except: ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]
{{- end -}}

{{/* Ports of the brokers, as a JSON list: given, or those of kafka.bootstrap. */}}
{{- define "tocsin.brokerPorts" -}}
{{- $ports := .Values.networkPolicy.broker.ports -}}
{{- if not $ports -}}
{{- range splitList "," .Values.kafka.bootstrap -}}
{{- $ports = append $ports (regexFind "[0-9]+$" (trim .) | int) -}}
{{- end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{/* What a process may reach. Takes (list root component). */}}
{{- define "tocsin.egress" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := $root.Values -}}
{{- $policy := $values.networkPolicy -}}
- to:
    {{- toYaml $policy.dns.to | nindent 4 }}
  ports:
    {{- range $policy.dns.ports }}
    - {protocol: UDP, port: {{ . }}}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- if has $component (list "extract" "detect" "deliver" "serve" "deploy") }}
- ports:
    {{- range include "tocsin.brokerPorts" $root | fromJsonArray }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with $policy.broker.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if has $component (list "deliver" "embedded") }}
- to:
    {{- include "tocsin.world" $root | nindent 4 }}
    {{- range $values.allowedPrivateCIDRs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  {{- with $policy.webhookPorts }}
  ports:
    {{- range . }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- end }}
{{- end }}
{{- if and $values.feeds (has $component (list "serve" "embedded")) }}
- to:
    {{- include "tocsin.world" $root | nindent 4 }}
  ports:
    - {protocol: TCP, port: 80}
    - {protocol: TCP, port: 443}
{{- end }}
{{- if eq $component "test" }}
- to:
    - podSelector:
        matchLabels:
          {{- include "tocsin.selector" (list $root (include "tocsin.front" $root)) | nindent 10 }}
  ports:
    - {protocol: TCP, port: {{ $values.ports.http }}}
{{- end }}
{{- with $policy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Who may reach a process; nothing for the Job and the test. Takes (list root component). */}}
{{- define "tocsin.ingress" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := $root.Values -}}
{{- if has $component (list "embedded" "serve") }}
- ports:
    - {protocol: TCP, port: {{ $values.ports.http }}}
  {{- with $values.networkPolicy.http.from }}
  from:
    {{- toYaml . | nindent 4 }}
    {{- toYaml $values.networkPolicy.metrics.from | nindent 4 }}
    - podSelector:
        matchLabels:
          {{- include "tocsin.selector" (list $root "test") | nindent 10 }}
  {{- end }}
{{- else if has $component (list "extract" "detect" "deliver") }}
- ports:
    - {protocol: TCP, port: {{ $values.ports.metrics }}}
  from:
    {{- toYaml $values.networkPolicy.metrics.from | nindent 4 }}
{{- end }}
{{- end -}}
