namespace RaftActors.Tests.Groups;

/// <summary>A test with actor systems of its own, and a folder. Both are gone when it ends.</summary>
public abstract class NodesTest(string config = "akka.loglevel = ERROR") : TestKit(config)
{
    private readonly List<ActorSystem> _systems = [];
    private TemporaryFolder? _folder;

    private protected TemporaryFolder Folder => _folder ??= new TemporaryFolder(GetType().Name);

    /// <summary>Terminates the actor system at the end of the test.</summary>
    internal ActorSystem Own(ActorSystem system)
    {
        _systems.Add(system);
        return system;
    }

    protected override void AfterAll()
    {
        _systems.ForEach(system => Assert.True(system.Terminate().Wait(Guard), $"{system.Name} did not stop."));
        base.AfterAll();
        _folder?.Dispose();
    }
}
