namespace RaftActors;

/// <summary>
/// Every <see cref="Outcome{TResult}"/>. Akka binds this type to the serializer, because it cannot bind an open generic type.
/// </summary>
internal interface IOutcome
{
    Type ResultType { get; }

    /// <inheritdoc cref="Outcome{TResult}.Request"/>
    RequestRef Request { get; }

    /// <inheritdoc cref="Outcome{TResult}.Serial"/>
    Serial Serial { get; }

    /// <inheritdoc cref="Outcome{TResult}.HasResult"/>
    bool HasResult { get; }

    /// <inheritdoc cref="Outcome{TResult}.Failure"/>
    RaftFailure? Failure { get; }

    /// <summary>The same outcome with another type of results.</summary>
    /// <exception cref="InvalidOperationException">It has a result that is not of this type.</exception>
    Outcome<T> As<T>();
}
