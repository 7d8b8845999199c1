{{- define "memcache.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "memcache.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "memcache.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "memcache.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "memcache.metaName" -}}{{ include "memcache.fullname" . }}-meta{{- end -}}
{{- define "memcache.localName" -}}{{ include "memcache.fullname" . }}-local{{- end -}}
{{- define "memcache.leaseName" -}}{{ default (include "memcache.metaName" .) .Values.meta.leaseName }}{{- end -}}
{{- define "memcache.metaHost" -}}{{ include "memcache.metaName" . }}.{{ .Release.Namespace }}.svc{{- end -}}

{{- define "memcache.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "memcache.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ default (include "memcache.metaName" .) .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end -}}

{{/* Labels that select; a component is added by the caller. They never change, for a StatefulSet's selector can't. */}}
{{- define "memcache.selectorLabels" -}}
app.kubernetes.io/name: {{ include "memcache.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "memcache.labels" -}}
{{ include "memcache.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Lines of a configuration file out of a map; takes the map. */}}
{{- define "memcache.lines" -}}
{{- range $key, $value := . }}{{ $key }} = {{ include "memcache.text" $value }}
{{ end -}}
{{- end -}}

{{/* YAML's large numbers are floats, which would be written as 1e+09. */}}
{{- define "memcache.text" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* Ends with a sentence when a map has a key that the chart writes; takes a list: where, map, keys. */}}
{{- define "memcache.refuseKeys" -}}
{{- $where := index . 0 -}}
{{- $map := index . 1 -}}
{{- range index . 2 -}}
{{- if hasKey $map . -}}
{{- fail (printf "%s: %s is written by the chart; use its own value for it" $where .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* TLS lines of one group; takes the group's prefix. */}}
{{- define "memcache.tlsLines" -}}
{{ . }}.enable = true
{{ . }}.ca.path = /etc/memcache-tls/ca.crt
{{ . }}.cert.path = /etc/memcache-tls/tls.crt
{{ . }}.key.path = /etc/memcache-tls/tls.key
{{ end -}}

{{- define "memcache.podSecurity" -}}
runAsNonRoot: {{ ne (int .Values.user.uid) 0 }}
runAsUser: {{ int64 .Values.user.uid }}
runAsGroup: {{ int64 .Values.user.gid }}
fsGroup: {{ int64 .Values.user.gid }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "memcache.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Where pods may go; takes the values of the component. */}}
{{- define "memcache.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Addresses of the MetaService, for clients. */}}
{{- define "memcache.clientLines" -}}
ock.mmc.meta_service_url = tcp://{{ include "memcache.metaHost" . }}:{{ .Values.meta.ports.data }}
ock.mmc.local_service.config_store_url = tcp://{{ include "memcache.metaHost" . }}:{{ .Values.meta.ports.membership }}
{{ if .Values.tls.enabled -}}
{{ include "memcache.tlsLines" "ock.mmc.tls" -}}
{{ include "memcache.tlsLines" "ock.mmc.config_store.tls" -}}
{{ end -}}
{{ if .Values.tls.data -}}
{{ include "memcache.tlsLines" "ock.mmc.local_service.hcom.tls" -}}
{{ end -}}
{{- end -}}

{{/* Lines that are the chart's in mmc-local.conf, whoever asks. */}}
{{- define "memcache.localKeys" -}}
{{- $tls := list "ca.path" "cert.path" "key.path" "enable" -}}
{{- $keys := list "ock.mmc.meta_service_url" "ock.mmc.local_service.config_store_url" "ock.mmc.local_service.hcom_url" "ock.mmc.local_service.protocol" "ock.mmc.local_service.dram.size" "ock.mmc.local_service.shm.path" -}}
{{- range list "ock.mmc.tls" "ock.mmc.config_store.tls" "ock.mmc.local_service.hcom.tls" -}}
{{- $prefix := . -}}
{{- range $tls -}}{{- $keys = append $keys (printf "%s.%s" $prefix .) -}}{{- end -}}
{{- end -}}
{{- toJson $keys -}}
{{- end -}}

{{- define "memcache.anyAddress" -}}{{ if eq .Values.ipFamily "IPv6" }}[::]{{ else }}0.0.0.0{{ end }}{{- end -}}

{{/* MiB of a segment of so many GiB with its directory and page stamps: 8 % more when every object is one page. */}}
{{- define "memcache.segmentMiB" -}}{{ add (mul 1108 (int .)) 8 }}{{- end -}}

{{/* The directory of shared memory inside a pod that contributes. */}}
{{- define "memcache.shmPath" -}}
{{- if eq .Values.local.sharedMemory.type "hugePages" }}/hugepages{{ else }}/dev/shm{{ end -}}
{{- end -}}
