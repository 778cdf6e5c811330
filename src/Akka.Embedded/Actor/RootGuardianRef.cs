using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>The root of all actors. It also holds names without an actor, such as <c>temp</c>.</summary>
internal sealed class RootGuardianRef(
    ActorSystemImpl system, Props props, MessageDispatcher dispatcher, InternalActorRef supervisor, ActorPath path)
    : LocalActorRef(system, props, dispatcher, supervisor, path)
{
    private readonly Dictionary<string, InternalActorRef> _extraNames = [];

    /// <summary>Adds a name. Call only while the system is being created.</summary>
    public void AddName(InternalActorRef actor) => _extraNames.Add(actor.Path.Name, actor);

    protected override InternalActorRef GetSingleChild(string name) =>
        _extraNames.TryGetValue(name, out var extra) ? extra : base.GetSingleChild(name);
}
