{{/* Faults that the schema cannot see, since they compare values. All are told at once. */}}
{{- define "tocsin.faults" -}}
{{- $faults := list -}}
{{- if not (or .Values.existingSecret (and .Values.secret.tokens .Values.secret.secretKey)) -}}
{{- $faults = append $faults "existingSecret: name a Secret with the keys tokens and secret-key, or give secret.tokens and secret.secretKey" -}}
{{- end -}}
{{- if eq .Values.mode "kafka" -}}
{{- $partitions := int .Values.kafka.partitions -}}
{{- $scaling := .Values.extract.autoscaling -}}
{{- if eq $scaling.type "none" -}}
{{- if gt (int .Values.extract.replicas) $partitions -}}
{{- $faults = append $faults (printf "extract.replicas: %d, and only %d partitions (kafka.partitions)" (int .Values.extract.replicas) $partitions) -}}
{{- end -}}
{{- else if gt (int $scaling.maxReplicas) $partitions -}}
{{- $faults = append $faults (printf "extract.autoscaling.maxReplicas: %d, and only %d partitions (kafka.partitions)" (int $scaling.maxReplicas) $partitions) -}}
{{- end -}}
{{- if gt (int .Values.deliver.replicas) $partitions -}}
{{- $faults = append $faults (printf "deliver.replicas: %d, and only %d partitions (kafka.partitions)" (int .Values.deliver.replicas) $partitions) -}}
{{- end -}}
{{- range $name := list "extract" "serve" -}}
{{- $scaling := (index $.Values $name).autoscaling -}}
{{- if and (ne $scaling.type "none") (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- $faults = append $faults (printf "%s.autoscaling: minReplicas %d is above maxReplicas %d" $name (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.kafka.tls.clientCertificate (not .Values.kafka.tls.existingSecret) -}}
{{- $faults = append $faults "kafka.tls.clientCertificate: needs kafka.tls.existingSecret with tls.crt and tls.key" -}}
{{- end -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "\n\ntocsin: these values do not fit:\n  - %s\n" (join "\n  - " $faults)) -}}
{{- end -}}
{{- end -}}
