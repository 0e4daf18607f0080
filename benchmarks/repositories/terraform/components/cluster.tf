resource "kubernetes_namespace" "__component__" {
  metadata {
    name = "__component__"

    labels = {
      "app.kubernetes.io/part-of"          = local.tags.application
      "pod-security.kubernetes.io/enforce" = "restricted"
    }
  }
}

resource "kubernetes_deployment" "__component__" {
  metadata {
    name      = "__component__"
    namespace = kubernetes_namespace.__component__.metadata[0].name
  }

  spec {
    replicas = var.environment == "production" ? 3 : 1

    selector {
      match_labels = { app = "__component__" }
    }

    template {
      metadata {
        labels = { app = "__component__" }
      }

      spec {
        service_account_name = "__component__"

        container {
          name  = "__component__"
          image = "ghcr.io/example/__component__:2.__minutes__"

          port {
            container_port = 8080
          }

          env {
            name  = "ENVIRONMENT"
            value = var.environment
          }

          resources {
            requests = { cpu = "100m", memory = "128Mi" }
            limits   = { memory = "256Mi" }
          }

          readiness_probe {
            http_get {
              path = "/health"
              port = 8080
            }
          }
        }
      }
    }
  }
}

resource "helm_release" "__component__" {
  name       = "__component__-metrics"
  namespace  = kubernetes_namespace.__component__.metadata[0].name
  repository = "https://charts.example.com"
  chart      = "prometheus-adapter"
  version    = "4.11.0"

  values = [
    yamlencode({
      replicas   = 1
      prometheus = { url = "http://prometheus.monitoring.svc", port = 9090 }
      rules      = { default = false, custom = [for name in ["queue", "latency"] : { seriesQuery = "${name}_total" }] }
    }),
    templatefile("${path.module}/templates/values.yaml.tftpl", { name = "__component__", tags = local.tags }),
  ]

  lifecycle {
    ignore_changes = [version]
  }
}
