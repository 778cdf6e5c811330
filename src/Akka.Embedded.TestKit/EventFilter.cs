namespace Akka.TestKit;

/// <summary>Which events of the log, or dead letters, are meant.</summary>
internal sealed class EventFilter(string description, Predicate<object> isMatch)
{
    public string Description { get; } = description;

    public bool IsMatch(object happening) => isMatch(happening);
}
