using Akka.Configuration;

namespace Akka.Remote;

/// <summary>The section akka.remote, read once. All defaults are in the reference configuration.</summary>
internal sealed class RemoteSettings(Config remote)
{
    public string Hostname { get; } = Text(remote, "dot-netty.tcp.hostname");

    public string PublicHostname { get; } = Text(remote, "dot-netty.tcp.public-hostname");

    public int PublicPort { get; } = remote.GetInt("dot-netty.tcp.public-port");

    public string BindHostname { get; } = Text(remote, "dot-netty.tcp.bind-hostname");

    public int BindPort { get; } =
        remote.GetInt(Text(remote, "dot-netty.tcp.bind-port").Length > 0 ? "dot-netty.tcp.bind-port" : "dot-netty.tcp.port");

    public TimeSpan ConnectionTimeout { get; } = remote.GetTimeSpan("dot-netty.tcp.connection-timeout");

    public int MaximumFrameSizeBytes { get; } = (int)(remote.GetByteSize("dot-netty.tcp.maximum-frame-size") ?? 0);

    public TimeSpan RetryGateClosedFor { get; } = remote.GetTimeSpan("retry-gate-closed-for");

    public TimeSpan SystemMessageDeliveryTimeout { get; } = remote.GetTimeSpan("initial-system-message-delivery-timeout");

    public int SystemMessageBufferSize { get; } = remote.GetInt("system-message-buffer-size");

    public TimeSpan FlushWaitOnShutdown { get; } = remote.GetTimeSpan("flush-wait-on-shutdown");

    public bool IsLoggingLifecycleEvents { get; } = remote.GetBoolean("log-remote-lifecycle-events");

    public TimeSpan LinkHeartbeatInterval { get; } = remote.GetTimeSpan("transport-failure-detector.heartbeat-interval");

    public TimeSpan LinkAcceptablePause { get; } = remote.GetTimeSpan("transport-failure-detector.acceptable-heartbeat-pause");

    /// <summary>Null if akka.remote.dot-netty.tcp.enable-ssl is off.</summary>
    public Config? Ssl { get; } = remote.GetBoolean("dot-netty.tcp.enable-ssl") ? remote.GetConfig("dot-netty.tcp.ssl") : null;

    public Config WatchFailureDetector { get; } = remote.GetConfig("watch-failure-detector") ?? Config.Empty;

    private static string Text(Config remote, string key) => remote.GetString(key) ?? "";
}
