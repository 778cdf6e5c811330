namespace RaftActors.Tests;

/// <summary>
/// Behaviour of Akka.NET that raft relies on and no documentation promises. Each test names what breaks without it. Run them first with a
/// new version of Akka.NET.
/// </summary>
public sealed class AkkaPinsTests : TestKit
{
    public AkkaPinsTests()
        : base(ConfigurationFactory.ParseString(
            """
            akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = remote }
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """))
    {
    }

    // Without this, a raft actor that fails would lose the messages of its users.
    [Fact]
    public void Restart_keeps_the_reference_and_the_messages_behind_the_one_that_failed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Scripted(TestActor)));

        actor.Tell(new InvalidOperationException("fails"));
        actor.Tell("behind");

        ExpectMsg("restarted", Guard);
        ExpectMsg("behind", Guard);
        Assert.Equal(actor, LastSender);
    }

    // Without this, a timer of a former life would run the engine's successor, or a client's timer would never end.
    [Fact]
    public void Timers_end_with_the_life_that_started_them_and_a_new_one_with_the_same_key_replaces_the_former()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Scripted(TestActor)));

        actor.Tell(new Start("first"));
        actor.Tell(new Start("second"));
        ExpectMsg("second", Guard);
        actor.Tell(new Start("third"));
        actor.Tell(new InvalidOperationException("fails"));
        ExpectMsg("restarted", Guard);
        actor.Tell(new Start("fourth"));

        ExpectMsg("fourth", Guard);
    }

    // Without this, the supervisor of a group would report an engine as stopped before the last words of the engine.
    [Fact]
    public void Terminated_comes_after_the_last_message_of_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Scripted(TestActor)));
        Watch(actor);

        actor.Tell("last");
        actor.Tell(PoisonPill.Instance);

        ExpectMsg("last", Guard);
        ExpectMsg("stopped", Guard);
        ExpectTerminated(actor, Guard);
    }

    // Without this, leadership would be handed over after the node has left its cluster, or before its services have ended.
    [Fact]
    public async Task Phases_of_the_coordinated_shutdown_run_in_this_order()
    {
        string[] phases =
        [
            CoordinatedShutdown.PhaseServiceUnbind, CoordinatedShutdown.PhaseServiceRequestsDone, CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeClusterShutdown, CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
            CoordinatedShutdown.PhaseClusterLeave, CoordinatedShutdown.PhaseClusterShutdown,
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
        ];
        var system = ActorSystem.Create("phases", Sys.Settings.Config);
        List<string> run = [];
        foreach (var phase in phases.Reverse())
        {
            CoordinatedShutdown.Get(system).AddTask(phase, phase, () =>
            {
                run.Add(phase);
                return Task.FromResult(Akka.Done.Instance);
            });
        }

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);

        Assert.Equal(phases, run);
    }

    // Without this, a store would be closed under its engine, whose last entries would be lost.
    [Fact]
    public async Task Callbacks_of_the_termination_run_after_all_actors_have_stopped()
    {
        var system = ActorSystem.Create("ends", Sys.Settings.Config);
        var probe = CreateTestProbe();
        system.ActorOf(Props.Create(() => new Scripted(probe)));
        system.RegisterOnTermination(() => probe.Tell("closed"));

        await system.Terminate().WaitAsync(Guard);

        probe.ExpectMsg("stopped", Guard);
        probe.ExpectMsg("closed", Guard);
    }

    // Without this, two programs could listen on one port on Linux, and each would get some of the messages. The default allows it.
    [Fact]
    public async Task Port_without_reuse_of_addresses_has_one_listener_and_is_free_again_after_its_end()
    {
        var alone = ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.tcp-reuse-addr = off").WithFallback(Sys.Settings.Config);
        var first = ActorSystem.Create("port", alone);
        var port = ((ExtendedActorSystem)first).Provider.DefaultAddress.Port;
        var same = ConfigurationFactory.ParseString($"akka.remote.dot-netty.tcp.port = {port}").WithFallback(alone);

        Assert.ThrowsAny<Exception>(() => ActorSystem.Create("port", same));

        await first.Terminate().WaitAsync(Guard);
        await ActorSystem.Create("port", same).Terminate().WaitAsync(Guard);
    }

    // Without this, an engine that a greeting names would be another actor, or an engine that started again would get messages to its
    // predecessor.
    [Fact]
    public void Path_with_address_and_number_leads_to_the_same_actor_and_to_no_successor()
    {
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var path = TestActor.Path.ToSerializationFormatWithAddress(provider.DefaultAddress);

        Assert.Equal($"{provider.DefaultAddress}{TestActor.Path.ToStringWithoutAddress()}#{TestActor.Path.Uid}", path);
        Assert.Equal(TestActor, provider.ResolveActorRef(path));
        var successor = TestActor.Path.WithUid(TestActor.Path.Uid == 1 ? 2 : 1).ToSerializationFormatWithAddress(provider.DefaultAddress);
        Assert.NotEqual(TestActor, provider.ResolveActorRef(successor));
    }

    // Without this, two raft actors that start at once would have two registries.
    [Fact]
    public void Extension_is_created_once_by_calls_at_the_same_time()
    {
        var all = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => Raft.Get(Sys)).Distinct();

        Assert.Single(all);
    }

    // Without this, reference.conf would override the user, or the messages of raft would have no serializer.
    [Fact]
    public void Injected_defaults_yield_to_the_configuration_and_their_serializers_are_used()
    {
        Sys.Settings.InjectTopLevelFallback(Raft.DefaultConfig());
        Sys.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("akka.loglevel = DEBUG\nother.key = 1"));

        Assert.Equal("OFF", Sys.Settings.Config.GetString("akka.loglevel"));
        Assert.Equal(1, Sys.Settings.Config.GetInt("other.key"));
        Assert.IsType<RaftMessageSerializer>(Sys.Serialization.FindSerializerForType(typeof(WireMessage.Presence)));
    }

    // Without this, a host that listens to all events of raft would miss the kinds of them.
    [Fact]
    public void Event_reaches_those_who_subscribed_to_its_base_type()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));
        var failed = new RaftEvent.StartFailed("group", new("raft@node"), new InvalidOperationException());

        Sys.EventStream.Publish(failed);

        Assert.Same(failed, ExpectMsg<RaftEvent.StartFailed>(Guard));
    }

    // Without this, a setting of ours would name a key that Akka.NET ignores.
    [Theory]
    [InlineData("akka.remote.dot-netty.tcp.hostname")]
    [InlineData("akka.remote.dot-netty.tcp.public-hostname")]
    [InlineData("akka.remote.dot-netty.tcp.port")]
    [InlineData("akka.remote.dot-netty.tcp.public-port")]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl")]
    [InlineData("akka.remote.dot-netty.tcp.tcp-reuse-addr")]
    [InlineData("akka.remote.use-passive-connections")]
    [InlineData("akka.coordinated-shutdown.run-by-clr-shutdown-hook")]
    [InlineData("akka.coordinated-shutdown.terminate-actor-system")]
    [InlineData("akka.actor.serialization-bindings")]
    [InlineData("akka.loggers")]
    public void Key_of_Akka_that_raft_reads_or_sets_is_in_its_reference(string key)
    {
        var remoting = typeof(Akka.Remote.RemoteActorRefProvider).Assembly;
        var reference = ConfigurationFactory.FromResource("Akka.Remote.Configuration.Remote.conf", remoting)
            .WithFallback(ConfigurationFactory.Default());

        Assert.True(reference.HasPath(key));
    }

    private sealed record Start(string Tick);

    private sealed class Scripted : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _told;

        public Scripted(IActorRef told)
        {
            _told = told;
            Receive<Exception>(failure => throw failure);
            Receive<Start>(start => Timers.StartSingleTimer("key", start.Tick, TimeSpan.FromMilliseconds(100)));
            Receive<string>(text => told.Tell(text, Self));
        }

        public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

        protected override void PostRestart(Exception reason) => _told.Tell("restarted", Self);

        // A restart calls it too, by PreRestart.
        protected override void PreRestart(Exception reason, object message)
        {
        }

        protected override void PostStop() => _told.Tell("stopped", Self);
    }
}
