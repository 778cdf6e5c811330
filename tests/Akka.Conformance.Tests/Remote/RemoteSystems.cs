using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests.Remote;

/// <summary>A test with a second system, which the system of the test kit reaches by remoting.</summary>
public abstract class RemoteSystems : Akka.TestKit.Xunit2.TestKit
{
    protected static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly Config Remoting =
        """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        akka.test.single-expect-default = 20s
        """;

    protected RemoteSystems(string config = "")
        : base(ConfigurationFactory.ParseString(config).WithFallback(Remoting))
    {
        Other = ActorSystem.Create("other", ConfigurationFactory.ParseString(config).WithFallback(Remoting));
    }

    protected ActorSystem Other { get; }

    protected static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    protected ActorSelection Remote(string path) => Sys.ActorSelection($"{AddressOf(Other)}{path}");

    protected override void AfterAll()
    {
        Shutdown(Other);
        base.AfterAll();
    }

    /// <summary>Replies with the message that it received.</summary>
    protected sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
