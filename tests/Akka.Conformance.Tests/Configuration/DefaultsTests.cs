using Akka.Actor;

namespace Akka.Conformance.Tests.Configuration;

public sealed class DefaultsTests
{
    private const string Defaults =
        """
        akka.actor.ask-timeout = infinite
        akka.actor.guardian-supervisor-strategy = Akka.Actor.DefaultSupervisorStrategy
        akka.actor.default-dispatcher.throughput = 30
        akka.actor.internal-dispatcher.throughput = 5
        akka.logger-formatter = Akka.Event.SemanticLogMessageFormatter, Akka
        akka.actor.debug.unhandled = off
        akka.logger-startup-timeout = 5s
        akka.logger-async-start = off
        akka.log-dead-letters = 10
        akka.log-dead-letters-during-shutdown = off
        akka.log-dead-letters-suspend-duration = 5m
        akka.coordinated-shutdown.default-phase-timeout = 5s
        akka.coordinated-shutdown.terminate-actor-system = on
        akka.coordinated-shutdown.run-by-actor-system-terminate = on
        akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 10s
        akka.coordinated-shutdown.phases.cluster-exiting.timeout = 10s
        akka.coordinated-shutdown.phases.actor-system-terminate.timeout = 10s
        akka.remote.retry-gate-closed-for = 5s
        akka.remote.initial-system-message-delivery-timeout = 3m
        akka.remote.system-message-buffer-size = 20000
        akka.remote.flush-wait-on-shutdown = 2s
        akka.remote.log-remote-lifecycle-events = on
        akka.remote.transport-failure-detector.heartbeat-interval = 4s
        akka.remote.transport-failure-detector.acceptable-heartbeat-pause = 120s
        akka.remote.watch-failure-detector.heartbeat-interval = 1s
        akka.remote.watch-failure-detector.threshold = 10.0
        akka.remote.watch-failure-detector.max-sample-size = 200
        akka.remote.watch-failure-detector.min-std-deviation = 100ms
        akka.remote.watch-failure-detector.acceptable-heartbeat-pause = 10s
        akka.remote.watch-failure-detector.unreachable-nodes-reaper-interval = 1s
        akka.remote.watch-failure-detector.expected-response-after = 1s
        akka.remote.dot-netty.tcp.public-hostname =
        akka.remote.dot-netty.tcp.public-port = 0
        akka.remote.dot-netty.tcp.bind-hostname =
        akka.remote.dot-netty.tcp.bind-port =
        akka.remote.dot-netty.tcp.connection-timeout = 15s
        akka.remote.dot-netty.tcp.maximum-frame-size = 128000b
        akka.remote.dot-netty.tcp.enable-ssl = off
        akka.remote.dot-netty.tcp.ssl.certificate.path =
        akka.remote.dot-netty.tcp.ssl.certificate.password =
        akka.remote.dot-netty.tcp.ssl.certificate.use-thumbprint-over-file = off
        akka.remote.dot-netty.tcp.ssl.suppress-validation = off
        akka.cluster.seed-node-timeout = 5s
        akka.cluster.retry-unsuccessful-join-after = 10s
        akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = off
        akka.cluster.min-nr-of-members = 1
        akka.cluster.allow-weakly-up-members = 7s
        akka.cluster.gossip-interval = 1s
        akka.cluster.leader-actions-interval = 1s
        akka.cluster.unreachable-nodes-reaper-interval = 1s
        akka.cluster.run-coordinated-shutdown-when-down = on
        akka.cluster.log-info = on
        akka.cluster.failure-detector.heartbeat-interval = 1s
        akka.cluster.failure-detector.threshold = 8.0
        akka.cluster.failure-detector.max-sample-size = 1000
        akka.cluster.failure-detector.min-std-deviation = 100ms
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 3s
        akka.cluster.failure-detector.monitored-by-nr-of-members = 9
        akka.cluster.failure-detector.expected-response-after = 1s
        """;

    [Fact]
    public void Keys_that_both_runtimes_read_have_the_same_defaults()
    {
        using var system = ActorSystem.Create(
            "defaults",
            """
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            """);
        var config = system.Settings.Config;
        var keys = Defaults.Split('\n').Select(line => line.Split(" =")[0]);

        Assert.Equal(Defaults.Split('\n'), keys.Select(key => $"{key} = {Normal(config.GetString(key))}".TrimEnd()));
    }

    /// <summary>Returns the spelling of a value that the list above has: <c>5 s</c> as <c>5s</c>, <c>true</c> as <c>on</c>.</summary>
    private static string Normal(string? value) => (value ?? "").Replace(" ", "").Replace("minutes", "m") switch
    {
        "true" => "on",
        "false" => "off",
        "Akka.Event.SemanticLogMessageFormatter,Akka" => "Akka.Event.SemanticLogMessageFormatter, Akka",
        var other => other,
    };
}
