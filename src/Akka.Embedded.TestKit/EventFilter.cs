namespace Akka.TestKit;

/// <summary>A condition on log events or dead letters.</summary>
internal sealed class EventFilter(string description, Predicate<object> isMatch)
{
    public string Description { get; } = description;

    public bool IsMatch(object happening) => isMatch(happening);
}
