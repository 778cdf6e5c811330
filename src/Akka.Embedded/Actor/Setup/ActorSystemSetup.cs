namespace Akka.Actor.Setup;

/// <summary>A set of setups, one of each type. Immutable.</summary>
public sealed class ActorSystemSetup
{
    public static readonly ActorSystemSetup Empty = new([]);

    private readonly Setup[] _setups;

    private ActorSystemSetup(Setup[] setups) => _setups = setups;

    public static ActorSystemSetup Create(params Setup[] setup) => new(setup);

    internal T? Find<T>()
        where T : Setup => _setups.OfType<T>().LastOrDefault();
}

/// <summary>A setting of a new actor system that is not configuration text.</summary>
public abstract class Setup
{
}
