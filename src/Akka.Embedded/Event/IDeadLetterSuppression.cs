namespace Akka.Event;

/// <summary>A message whose loss is no news; see <see cref="SuppressedDeadLetter"/>.</summary>
public interface IDeadLetterSuppression
{
}
