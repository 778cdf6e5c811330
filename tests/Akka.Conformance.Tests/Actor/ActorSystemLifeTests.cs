using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests.Actor;

/// <summary>The life of a system between its start and its end.</summary>
public sealed class ActorSystemLifeTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("a")]
    [InlineData("a1-2")]
    [InlineData("A-Name-with-dashes")]
    [InlineData("007")]
    public void System_name_has_letters_digits_and_inner_dashes(string name)
    {
        using var system = ActorSystem.Create(name);

        Assert.Equal(name, system.Name);
    }

    [Theory]
    [InlineData("local", "akka")]
    [InlineData("remote", "akka.tcp")]
    [InlineData("cluster", "akka.tcp")]
    public void Provider_is_named_by_an_alias(string alias, string protocol)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka.stdout-loglevel = OFF
            akka.loglevel = OFF
            akka.actor.provider = {{alias}}
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            """);
        using var system = ActorSystem.Create("alias", config);

        Assert.Equal(protocol, ((ExtendedActorSystem)system).Provider.DefaultAddress.Protocol);
    }

    [Fact]
    public async Task System_has_ended_when_the_callbacks_have_run_and_not_before()
    {
        using var system = ActorSystem.Create("ends");
        using var release = new ManualResetEventSlim();
        system.RegisterOnTermination(release.Wait);
        await Assert.ThrowsAsync<TimeoutException>(() => system.WhenTerminated.WaitAsync(TimeSpan.FromMilliseconds(1)));

        var ended = Task.Run(system.Terminate);
        Assert.False(system.WhenTerminated.IsCompleted);
        release.Set();

        await Task.WhenAll(ended, system.WhenTerminated).WaitAsync(Guard);
    }

    [Fact]
    public async Task Terminating_system_makes_no_actors()
    {
        using var system = ActorSystem.Create("ends");
        using var release = new ManualResetEventSlim();
        system.ActorOf(Props.Create(() => new HoldsTheEnd(TestActor, release)));
        system.ActorOf(Silent.Props, "idle");

        var ended = Task.Run(system.Terminate);
        ExpectMsg("ending");

        Assert.Throws<InvalidOperationException>(() => system.ActorOf(Silent.Props));
        release.Set();
        await ended.WaitAsync(Guard);
    }

    [Fact]
    public async Task Actors_are_made_and_ended_in_waves()
    {
        var parents = Enumerable.Range(0, 3).Select(_ => Sys.ActorOf(Props.Create(() => new Waves())));

        var ended = await Task.WhenAll(parents.Select(parent => parent.Ask<int>(500, Guard)));

        Assert.Equal([500, 500, 500], ended);
    }

    [Fact]
    public async Task Actor_is_found_as_soon_as_it_was_made()
    {
        for (var i = 0; i < 100; i++)
        {
            var made = Sys.ActorOf(Silent.Props, $"made{i}");

            Assert.Equal(made, await Sys.ActorSelection($"/user/made{i}").ResolveOne(Guard));
        }
    }

    [Fact]
    public void Name_is_given_once_when_several_threads_ask_for_it()
    {
        for (var i = 0; i < 20; i++)
        {
            var made = 0;
            Parallel.For(0, 4, _ =>
            {
                try
                {
                    Sys.ActorOf(Silent.Props, $"name{i}");
                    Interlocked.Increment(ref made);
                }
                catch (InvalidActorNameException)
                {
                }
            });

            Assert.Equal(1, made);
        }
    }

    [Fact]
    public void Extension_that_the_configuration_names_is_made_with_the_system()
    {
        using var system = ActorSystem.Create("extended", $"akka.extensions = [\"{typeof(NamedProvider).AssemblyQualifiedName}\"]");

        Assert.True(system.HasExtension<Named>());
    }

    private sealed class HoldsTheEnd(IActorRef observer, ManualResetEventSlim release) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop()
        {
            observer.Tell("ending");
            release.Wait();
        }
    }

    /// <summary>Makes children, stops them when all of them exist, and reports when all of them have ended.</summary>
    private sealed class Waves : UntypedActor
    {
        private IActorRef? _observer;
        private int _ended;
        private int _count;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case int count:
                    (_observer, _count) = (Sender, count);
                    var children = Enumerable.Range(0, count).Select(_ => Context.Watch(Context.ActorOf(Silent.Props))).ToList();
                    children.ForEach(child => child.Tell(PoisonPill.Instance));
                    break;
                case Terminated when ++_ended == _count:
                    _observer!.Tell(_ended);
                    break;
            }
        }
    }
}

public sealed class Named : IExtension;

public sealed class NamedProvider : ExtensionIdProvider<Named>
{
    public override Named CreateExtension(ExtendedActorSystem system) => new();
}
