// What libpcap needs only to read: pcap_next_ex over a file.
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
  char error[PCAP_ERRBUF_SIZE];
  struct pcap_pkthdr *header;
  const u_char *data;
  unsigned long long packets = 0, sum = 0;
  for (int i = 1; i < argc; i++) {
    pcap_t *file = pcap_open_offline_with_tstamp_precision(argv[i], PCAP_TSTAMP_PRECISION_NANO, error);
    if (file == NULL) {
      fprintf(stderr, "%s\n", error);
      return 1;
    }
    while (pcap_next_ex(file, &header, &data) == 1) {
      packets++;
      sum += (unsigned long long)header->ts.tv_usec + data[0];
    }
    pcap_close(file);
  }
  printf("%llu packets, %llu\n", packets, sum);
  return 0;
}
