{{/* Prefix of every name that is not in a namespace of our own. */}}
{{- define "latlab.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels of an object: (list $ "component"). */}}
{{- define "latlab.labels" -}}
{{- $root := index . 0 -}}
{{ include "latlab.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The labels among them that never change: (list $ "component"). */}}
{{- define "latlab.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Reference of an image: (list $ .Values.x.image). Without a registry, the repository must name one, or a digest say what is meant. */}}
{{- define "latlab.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $name := $image.repository -}}
{{- if $root.Values.image.registry -}}
{{- $name = printf "%s/%s" $root.Values.image.registry $image.repository -}}
{{- else if not (or $image.digest (regexMatch "^(localhost|[^/]*[.:][^/]*)/" $name)) -}}
{{- fail (printf "image.registry: empty, so %q would come from docker.io, where nobody published it; `hack/images push REGISTRY` builds and pushes latlab's images, then --set image.registry=REGISTRY,image.tag=TAG" $name) -}}
{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default $root.Values.image.tag | default $root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* imagePullSecrets of a pod or service account. */}}
{{- define "latlab.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
Tolerations of a pod of latlab's own: those of the values, and the startup taint of TunedNodes. Operator and agents alone take that away: on a cluster whose nodes all bear
it, they could start nowhere else.
*/}}
{{- define "latlab.tolerations" -}}
tolerations:
- key: latlab.dev/not-tuned
  operator: Exists
{{- with . }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What kubelet asks the agent, which is in the node's network. */}}
{{- define "latlab.agentHealth" -}}
httpGet:
  host: 127.0.0.1
  port: {{ int .Values.agent.healthPort }}
  path: /healthz
{{- end -}}

{{/* Where run pods live; refuses the release's own namespace. */}}
{{- define "latlab.runsNamespace" -}}
{{- if eq .Values.runs.namespace .Release.Namespace -}}
{{- fail (printf "runs.namespace: %q is the release's namespace, where operator and agent are; name another one, e.g. latlab-runs" .Values.runs.namespace) -}}
{{- end -}}
{{- .Values.runs.namespace -}}
{{- end -}}

{{/* The operator's rights: generated from its code. */}}
{{- define "latlab.operatorRules" -}}
{{- $rules := .Files.Get "files/operator-rules.yaml" | fromYaml -}}
{{- if $rules.Error -}}
{{- fail (printf "files/operator-rules.yaml: %s" $rules.Error) -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end -}}

{{/* Annotations of what runs before an uninstall. */}}
{{- define "latlab.hook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
