using Akka.Actor;

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The parts of an engine over a Core that takes no input: the test sees the inputs, and answers for the log.</summary>
internal sealed class ScriptedContext : EngineContext
{
    /// <param name="reader">Takes what the parts ask of the readers of the store.</param>
    public ScriptedContext(RaftProcess process, IActorRef self, ActorSystem system, IActorRef reader)
        : base(process, CoreOf(process), self, system, new EngineActors(ActorRefs.Nobody, reader, reader, new(reader)), system.Log)
    {
    }

    public List<Input> Steps { get; } = [];

    /// <summary>Looks a request or its key up in the log; null: Core does.</summary>
    public Func<RequestId, RequestKeyHash?, AnsweredRequest?>? Lookup { get; set; }

    public override void Step(Input input) => Steps.Add(input);

    public override AnsweredRequest? Find(RequestId request, RequestKeyHash? key) =>
        Lookup is { } find ? find(request, key) : base.Find(request, key);

    private static RaftCore CoreOf(RaftProcess process)
    {
        process.MakeCore();
        return process.TakeCore();
    }
}
