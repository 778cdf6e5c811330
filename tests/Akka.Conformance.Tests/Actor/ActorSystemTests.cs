using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests.Actor;

public sealed class ActorSystemTests : Akka.TestKit.Xunit2.TestKit
{
    [Theory]
    [InlineData("a_b")]
    [InlineData("_")]
    [InlineData("-a")]
    [InlineData("a.b")]
    [InlineData("")]
    public void System_name_is_refused_unless_it_has_only_letters_digits_and_inner_dashes(string name)
    {
        Assert.Throws<ArgumentException>(() => ActorSystem.Create(name));
    }

    [Fact]
    public async Task Registering_a_callback_fails_when_the_system_has_ended()
    {
        using var system = ActorSystem.Create("ended");
        await system.Terminate();

        Assert.Throws<InvalidOperationException>(() => system.RegisterOnTermination(() => { }));
    }

    [Fact]
    public void Extension_that_failed_is_not_made_again()
    {
        var provider = new FailingProvider();

        var first = Assert.Throws<InvalidOperationException>(() => Sys.RegisterExtension(provider));
        var second = Assert.Throws<InvalidOperationException>(() => Sys.RegisterExtension(provider));

        Assert.Same(first, second);
        Assert.Equal(1, provider.Attempts);
    }

    [Fact]
    public void Extension_that_was_not_registered_is_null()
    {
        Assert.Null(Sys.GetExtension<Failing>());
        Assert.Null(Sys.GetExtension(new FailingProvider()));
        Assert.False(Sys.HasExtension<Failing>());
    }

    [Fact]
    public void System_that_terminates_by_phases_which_do_not_terminate_it_is_refused()
    {
        Config config = "akka.coordinated-shutdown { run-by-actor-system-terminate = on, terminate-actor-system = off }";

        Assert.Throws<ConfigurationException>(() => ActorSystem.Create("contradictory", config));
    }

    [Fact]
    public void Injected_defaults_win_over_earlier_defaults_and_not_over_the_users_configuration()
    {
        using var system = ActorSystem.Create("defaults", "a = users");

        system.Settings.InjectTopLevelFallback("a = first, b = first");
        system.Settings.InjectTopLevelFallback("a = second, b = second");

        Assert.Equal("users", system.Settings.Config.GetString("a"));
        Assert.Equal("second", system.Settings.Config.GetString("b"));
    }

    [Fact]
    public async Task Callbacks_of_termination_run_in_reverse_order()
    {
        using var system = ActorSystem.Create("callbacks");
        var ran = new List<int>();
        for (var i = 1; i <= 3; i++)
        {
            var number = i;
            system.RegisterOnTermination(() => ran.Add(number));
        }

        await system.Terminate();

        Assert.Equal([3, 2, 1], ran);
    }

    [Fact]
    public async Task Ended_system_makes_no_actors()
    {
        using var system = ActorSystem.Create("ended");
        await system.Terminate();

        Assert.Throws<InvalidOperationException>(() => system.ActorOf(Silent.Props));
    }

    [Fact]
    public void Extension_is_made_once()
    {
        var provider = new CountingProvider();

        var extension = Sys.WithExtension<Counting, CountingProvider>();

        Assert.Same(extension, Sys.RegisterExtension(provider));
        Assert.Same(extension, provider.Get(Sys));
        Assert.True(Sys.HasExtension<Counting>());
    }

    [Fact]
    public void Configured_strategy_supervises_the_top_level_actors()
    {
        using var system = ActorSystem.Create(
            "stopping", "akka.actor.guardian-supervisor-strategy = \"Akka.Actor.StoppingSupervisorStrategy\"");
        var actor = system.ActorOf(Scripted.Props((_, _) => throw new InvalidOperationException("as told")));
        Watch(actor);

        actor.Tell("fail");

        ExpectTerminated(actor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a%4")]
    public void Malformed_actor_name_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Silent.Props, name));

    [Fact]
    public void Name_of_a_living_actor_is_refused()
    {
        Sys.ActorOf(Silent.Props, "taken");

        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Silent.Props, "taken"));
    }

    [Fact]
    public void Names_are_generated_for_actors_without_one()
    {
        var (one, two) = (Sys.ActorOf(Silent.Props), Sys.ActorOf(Silent.Props));

        Assert.StartsWith("$", one.Path.Name);
        Assert.NotEqual(one.Path, two.Path);
    }

    private sealed class Failing : IExtension;

    private sealed class FailingProvider : ExtensionIdProvider<Failing>
    {
        public int Attempts { get; private set; }

        public override Failing CreateExtension(ExtendedActorSystem system)
        {
            Attempts++;
            throw new InvalidOperationException("asked to fail");
        }
    }

    private sealed class Counting : IExtension;

    private sealed class CountingProvider : ExtensionIdProvider<Counting>
    {
        public override Counting CreateExtension(ExtendedActorSystem system) => new();
    }
}
