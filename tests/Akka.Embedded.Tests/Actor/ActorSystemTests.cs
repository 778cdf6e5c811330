using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace Akka.Embedded.Tests.Actor;

public sealed class ActorSystemTests : ActorTest
{
    [Fact]
    public async Task Termination_stops_children_before_parents_and_system_actors_last()
    {
        List<string> ended = [];
        Action<string> end = name =>
        {
            lock (ended)
            {
                ended.Add(name);
            }
        };
        var parent = System.ActorOf(Props.Create(() => new Ending("parent", end)));
        await parent.Ask(Props.Create(() => new Ending("child", end)), Patience);
        ((ExtendedActorSystem)System).SystemActorOf(Props.Create(() => new Ending("system", end)));
        System.RegisterOnTermination(() => end("first callback"));
        System.RegisterOnTermination(() => end("second callback"));

        await System.Terminate().WaitAsync(Patience);

        Assert.Equal(["child", "parent", "system", "second callback", "first callback"], ended);
        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Terminated_system_creates_no_actors_and_ignores_messages()
    {
        var actor = NewActor((_, _) => { });
        await System.Terminate().WaitAsync(Patience);

        actor.Tell("late");

        Assert.Throws<InvalidOperationException>(() => NewActor((_, _) => { }));
    }

    [Fact]
    public async Task Failure_that_no_guardian_handles_terminates_the_system()
    {
        LocalActorRefProvider provider = ((ActorSystemImpl)System).Provider;

        provider.RootGuardian.SendSystemMessage(new Akka.Dispatch.SysMsg.Failed(provider.Guardian, new InvalidOperationException()));

        await System.WhenTerminated.WaitAsync(Patience);
    }

    [Fact]
    public void Extension_is_made_once_for_each_system()
    {
        var first = System.WithExtension<Counting, CountingProvider>();

        Assert.Same(first, new CountingProvider().Apply(System));
        Assert.Same(first, System.GetExtension<Counting>());
        Assert.True(System.HasExtension<Counting>());
    }

    [Fact]
    public async Task Setups_give_the_configuration()
    {
        BootstrapSetup setup = BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString("own = 1, akka.loggers = []"))
            .WithConfigFallback(ConfigurationFactory.ParseString("own = 2, other = 3"));
        var system = ActorSystem.Create("other", ActorSystemSetup.Create(setup));

        Assert.Equal((1, 3), (system.Settings.Config.GetInt("own"), system.Settings.Config.GetInt("other")));
        await system.Terminate().WaitAsync(Patience);
    }

    [Theory]
    [InlineData("akka.actor.provider = \"No.Such.Type, Nowhere\"", "akka.actor.provider")]
    [InlineData("akka.loglevel = LOUD", "akka.loglevel")]
    [InlineData("akka.loggers = [\"No.Such.Logger, Nowhere\"]", "akka.loggers")]
    [InlineData("akka.log-dead-letters = some", "akka.log-dead-letters")]
    public void Wrong_setting_is_refused_by_its_name(string configuration, string key)
    {
        ConfigurationException refusal =
            Assert.Throws<ConfigurationException>(() => ActorSystem.Create("wrong", ConfigurationFactory.ParseString(configuration)));

        Assert.Contains(key, refusal.Message);
    }

    private sealed class Ending : ReceiveActor
    {
        private readonly string _name;
        private readonly Action<string> _end;

        public Ending(string name, Action<string> end)
        {
            _name = name;
            _end = end;
            Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
        }

        protected override void PostStop() => _end(_name);
    }

    private sealed class Counting : IExtension;

    private sealed class CountingProvider : ExtensionIdProvider<Counting>
    {
        public override Counting CreateExtension(ExtendedActorSystem system) => new();
    }
}
