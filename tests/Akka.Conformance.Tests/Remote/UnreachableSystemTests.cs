using Akka.Actor;

namespace Akka.Conformance.Tests.Remote;

/// <summary>Actors of systems that are not there.</summary>
public sealed class UnreachableSystemTests() : RemoteSystems("""
    akka.remote {
      retry-gate-closed-for = 100ms
      initial-system-message-delivery-timeout = 1s
      watch-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 500ms, expected-response-after = 100ms }
      watch-failure-detector.unreachable-nodes-reaper-interval = 100ms
    }
    """)
{
    [Theory]
    [InlineData("akka.tcp://somewhere@unknown.invalid:2552/user/subject")]
    [InlineData("akka.tcp://somewhere@127.0.0.1:1/user/subject#7")]
    public void Watcher_of_an_actor_in_a_system_that_is_not_there_receives_Terminated(string path)
    {
        var subject = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(path);

        Watch(subject);

        ExpectTerminated(subject);
    }

    [Theory]
    [InlineData("akka.tcp://somewhere@unknown.invalid:2552/user/subject")]
    [InlineData("akka.tcp://somewhere@127.0.0.1:1/user/subject")]
    public void Identify_is_answered_with_nobody_when_the_system_is_not_there(string path)
    {
        Sys.ActorSelection(path).Tell(new Identify(path), TestActor);

        ExpectMsg<ActorIdentity>(identity => Assert.Equal((path, null), ((string)identity.MessageId!, identity.Subject)));
    }
}

/// <summary>The address that a system tells the others.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("", "127.0.0.1:", "")]
    [InlineData("public-hostname = public.invalid", "public.invalid:", "")]
    [InlineData("public-port = 7", "127.0.0.1:", "7")]
    public void Address_has_the_public_host_and_port(string config, string host, string port)
    {
        using var system = ActorSystem.Create("public", $$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0
              {{config}}
            }
            """);

        Assert.StartsWith($"akka.tcp://public@{host}{port}", ((ExtendedActorSystem)system).Provider.DefaultAddress.ToString());
    }
}
