namespace Akka.Actor;

/// <summary>The sender of what is sent without naming one.</summary>
internal static class ImplicitSender
{
    /// <summary>
    /// Outside of actors: a test's own actor. It follows the flow of the test through its awaits, on whatever threads they continue, and
    /// stays on none of them.
    /// </summary>
    private static readonly AsyncLocal<IActorRef?> OfTest = new();

    /// <summary>The actor that is at work on this thread, else the test's actor, if any.</summary>
    public static IActorRef? Current => ActorCell.Current?.Self ?? OfTest.Value;

    public static void SetOutsideActors(IActorRef? sender) => OfTest.Value = sender;
}
