namespace RaftActors.Wire;

/// <summary>
/// Every <see cref="Outcome{TResult}"/>. Akka binds this type to the serializer, because it cannot bind an open generic type.
/// </summary>
internal interface IOutcome
{
    /// <summary>The type of the result.</summary>
    Type ResultType { get; }
}
