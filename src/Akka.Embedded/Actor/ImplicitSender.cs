namespace Akka.Actor;

/// <summary>The sender of messages that are sent without an explicit one.</summary>
internal static class ImplicitSender
{
    /// <summary>
    /// A test's own actor. It flows with the test through its awaits, on any thread. It does not stay behind on a thread.
    /// </summary>
    private static readonly AsyncLocal<IActorRef?> OfTest = new();

    /// <summary>The actor that runs on this thread, else the test's actor, else null.</summary>
    public static IActorRef? Current => ActorCell.Current?.Self ?? OfTest.Value;

    public static void SetOutsideActors(IActorRef? sender) => OfTest.Value = sender;
}
